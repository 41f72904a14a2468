// Go's httputil.ReverseProxy as a peer of bench/compare/run: a split of 9 to 1, pooled buffers, large pools of kept connections.
//
//	go-proxy PORT ORIGIN-PORT-A ORIGIN-PORT-B
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const bufferBytes = 64 << 10

// buffers lends the copy buffers of response bodies. It keeps pointers, so that Put does not allocate a slice header.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if kept, ok := b.pool.Get().(*[bufferBytes]byte); ok {
		return kept[:]
	}
	return make([]byte, bufferBytes)
}

func (b *buffers) Put(lent []byte) { b.pool.Put((*[bufferBytes]byte)(lent)) }

func main() {
	log.SetOutput(io.Discard)
	origins := [2]string{"127.0.0.1:" + os.Args[2], "127.0.0.1:" + os.Args[3]}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	var turn uint64
	proxy := &httputil.ReverseProxy{
		Director: func(request *http.Request) {
			version := 0
			if atomic.AddUint64(&turn, 1)%10 == 0 {
				version = 1
			}
			request.URL.Scheme = "http"
			request.URL.Host = origins[version]
			// Without this, the transport would add Go's own User-Agent where the client sent none.
			if _, sent := request.Header["User-Agent"]; !sent {
				request.Header.Set("User-Agent", "")
			}
		},
		Transport: &http.Transport{
			DialContext:         dialer.DialContext,
			MaxIdleConns:        0, // no limit
			MaxIdleConnsPerHost: 4096,
			IdleConnTimeout:     10 * time.Minute,
			DisableCompression:  true,
			ReadBufferSize:      16 << 10,
			WriteBufferSize:     16 << 10,
		},
		BufferPool: &buffers{},
		ErrorLog:   log.New(io.Discard, "", 0),
	}
	server := &http.Server{
		Addr:        "127.0.0.1:" + os.Args[1],
		Handler:     proxy,
		IdleTimeout: 10 * time.Minute,
		ErrorLog:    log.New(io.Discard, "", 0),
	}
	if err := server.ListenAndServe(); err != nil {
		os.Exit(1)
	}
}
