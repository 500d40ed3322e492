// CNCF distribution as a peer of the sandbox's registry: on disk, in the folder that it is told, on a free port of loopback
// that it prints. Nobody signs in, and nothing is logged. `GET /counts` tells what went through since it began.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: distribution FOLDER")
	}
	logrus.SetOutput(io.Discard)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	config := &configuration.Configuration{
		Storage: configuration.Storage{
			"filesystem": configuration.Parameters{"rootdirectory": os.Args[1]},
			"delete":     configuration.Parameters{"enabled": true},
		},
	}
	// Uploads go on with another process on the same folder.
	config.HTTP.Secret = "the same in each"
	// Tests reach it under another name.
	config.HTTP.RelativeURLs = true
	app := &counting{handler: handlers.NewApp(context.Background(), config)}
	fmt.Println(listener.Addr().String())
	log.Fatal(http.Serve(listener, app))
}

// counting counts requests, and the bytes of their bodies and of their answers' bodies.
type counting struct {
	handler                  http.Handler
	requests, received, sent atomic.Int64
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/counts" {
		counts := map[string]int64{"requests": c.requests.Load(), "received": c.received.Load(), "sent": c.sent.Load()}
		_ = json.NewEncoder(w).Encode(counts)
		return
	}
	c.requests.Add(1)
	r.Body = &countedBody{ReadCloser: r.Body, count: &c.received}
	c.handler.ServeHTTP(&countedWriter{ResponseWriter: w, count: &c.sent}, r)
}

type countedBody struct {
	io.ReadCloser
	count *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.count.Add(int64(n))
	return n, err
}

type countedWriter struct {
	http.ResponseWriter
	count *atomic.Int64
}

func (w *countedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.count.Add(int64(n))
	return n, err
}

// ReadFrom lets the system copy files to the network by itself, as it does without the counting.
func (w *countedWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(w.ResponseWriter, r)
	w.count.Add(n)
	return n, err
}
