package main

import (
	"context"
	"errors"
)

func runSystem(ctx context.Context, p places) error               { return errors.New("not yet") }
func runDemo(ctx context.Context, p places, args []string) error  { return errors.New("not yet") }
func runBench(ctx context.Context, p places, args []string) error { return errors.New("not yet") }
func stopRunning(p places) error                                  { return errors.New("not yet") }
func clean(p places) error                                        { return errors.New("not yet") }
