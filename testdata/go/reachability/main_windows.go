// The command calls a function that passes a float, and looks up a method that does by a name that it is given.
package main

import (
	"os"
	"reflect"

	"example.com/dep/called"
	"example.com/dep/imported"
	"example.com/dep/reflected"
	"example.com/dep/uncalled"
)

func main() {
	called.SetVolume(float32(len(os.Args)))
	uncalled.Mute()
	println(imported.Loudest)
	method := reflect.ValueOf(&reflected.Mixer{}).MethodByName(os.Args[1])
	method.Call([]reflect.Value{reflect.ValueOf(float32(1))})
}
