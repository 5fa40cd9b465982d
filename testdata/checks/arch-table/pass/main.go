// Command main does what looks like the faults of arch-table and is right on windows/arm64.
package main

import (
	"errors"
	"fmt"
	"log"
	"runtime"

	"example.com/arch-table-pass/platforms"
)

var renamed = map[string]string{"amd64": "x86_64", "386": "i386"}

// Default has a default that works.
func Default() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x64"
	default:
		return runtime.GOARCH
	}
}

// Renamed renames what has another name, and nothing else.
func Renamed() string {
	if name, ok := renamed[runtime.GOARCH]; ok {
		return name
	}
	return runtime.GOARCH
}

// Plain puts GOARCH into a name.
func Plain() string {
	return fmt.Sprintf("https://example.com/tool-%s-%s.zip", runtime.GOOS, runtime.GOARCH)
}

// Sum has a fast path on amd64 and works everywhere.
func Sum(numbers []int) (sum int) {
	if runtime.GOARCH == "amd64" && len(numbers) > 64 {
		return sumUnrolled(numbers)
	}
	for _, number := range numbers {
		sum += number
	}
	return sum
}

func sumUnrolled(numbers []int) (sum int) {
	for len(numbers) > 1 {
		sum += numbers[0] + numbers[1]
		numbers = numbers[2:]
	}
	for _, number := range numbers {
		sum += number
	}
	return sum
}

// Elsewhere chooses for another system.
func Elsewhere() error {
	if runtime.GOOS == "linux" && runtime.GOARCH != "amd64" {
		return errors.New("no tool")
	}
	return nil
}

// suffix has what one architecture adds to a name.
func suffix() string {
	var bits string
	if runtime.GOARCH == "amd64" {
		bits = "64"
	}
	return "tool" + bits
}

// tool fails for what it does not know, and its caller knows what to do then.
func tool(arch string) (string, error) {
	switch arch {
	case "amd64":
		return "tool-x64.exe", nil
	}
	return "", errors.New("no tool")
}

func main() {
	name, err := tool(runtime.GOARCH)
	if err != nil {
		name = "tool.exe"
	}
	log.Println(name, Default(), Renamed(), Plain(), Sum([]int{1, 2}), Elsewhere(), suffix())
	fmt.Println(platforms.Machine("amd64"))
}
