package main

import "google.golang.org/protobuf/reflect/protoreflect"

// scrub empties every field of a message, however deep, that names the process
// it came from.
func scrub(m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Kind() == protoreflect.StringKind && !field.IsList() && !field.IsMap() &&
			(field.Name() == "identity" || field.Name() == "binary_checksum" || field.Name() == "build_id"):
			m.Set(field, protoreflect.ValueOfString("worker"))
		case field.Kind() == protoreflect.MessageKind && field.IsList():
			for i := range value.List().Len() {
				scrub(value.List().Get(i).Message())
			}
		case field.Kind() == protoreflect.MessageKind && !field.IsMap():
			scrub(value.Message())
		}
		return true
	})
}
