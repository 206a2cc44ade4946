// Package server starts the servers that Shifan stands on, for one machine and
// one person: a private PostgreSQL cluster (数据库) and a Temporal dev server
// (流程引擎). The launcher in deploy/local uses it, and so do tests that must
// kill a server of their own.
//
// Nothing about rounds belongs here, and nothing that production needs: there
// both servers are given by address.
package server
