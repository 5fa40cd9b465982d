// Gen writes a real CPU profile of package words:
//
//	go run ./_gen cmd/tool/default.pgo
package main

import (
	"log"
	"os"
	"runtime/pprof"
	"strings"
	"time"

	"example.com/default-pgo/words"
)

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	text := strings.Repeat("the quick brown fox ", 1000)
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		words.Count(text)
	}
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}
