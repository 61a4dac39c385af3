// SPDX-License-Identifier: BSD-2-Clause
// HTTP by Go's net/http:
//
//	http_go serve ADDRESS:PORT  answers with a page of 64 KiB, or /small, of a few bytes
//	http_go leak URL            asks five times a second, and does not close the bodies of the answers
//	http_go use URL             asks as often and closes them
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

var page = make([]byte, 65536)

func serve(address string) {
	http.HandleFunc("/small", func(to http.ResponseWriter, _ *http.Request) { to.Write(page[:100]) })
	http.HandleFunc("/", func(to http.ResponseWriter, _ *http.Request) { to.Write(page) })
	fmt.Println(http.ListenAndServe(address, nil))
	os.Exit(1)
}

func ask(url string, closes bool) {
	fmt.Printf("pid=%d\nready\n", os.Getpid())
	for done := 1; ; done++ {
		answer, err := http.Get(url)
		if err == nil && closes {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		fmt.Printf("done=%d\n", done)
		time.Sleep(200 * time.Millisecond)
	}
}

func main() {
	if os.Args[1] == "serve" {
		serve(os.Args[2])
	}
	ask(os.Args[2], os.Args[1] == "use")
}
