//go:build js

// Command wasm is the library for browsers and Node: bytes go in and come out by way
// of the module's memory, which is two to three times as fast as calling functions
// with values of JavaScript.
//
// A caller does, with the functions that the module exports:
//
//	at = certloupe_reserve(size)          room for a call, at this address of the memory; 0 if it is too large
//	                                      write the call there, see package bridge for its form
//	n  = certloupe_call(size)             carry it out; the input is zeroed
//	at = certloupe_result()               the address of the result, which has |n| bytes: JSON, if n is less than 0
//	                                      an error as {"error": {"code": …, "message": …}}
//	                                      copy it
//	certloupe_release()                   zero the result, and a call that was not carried out
//
// The memory may grow in each of these calls, and its ArrayBuffer is another one then:
// a view of it is to be made anew after each. Calls are carried out one after the other,
// so use a Worker, or several, each with its instance.
//
// Keys and passwords do not stay where they crossed the border. What the library
// decoded from them is garbage in the same memory until something else takes its
// place; who must be sure ends the instance.
//
// An exception thrown by any of these functions, and the end of go.run, mean that the
// instance is done for, for example because the memory did not suffice. So does the
// error "internal-error". Make a new instance then.
package main

import (
	"runtime/debug"
	"unsafe"

	"github.com/certloupe/certloupe/wasm/bridge"
)

// maxCall is the largest call in bytes.
const maxCall = 256 << 20

// keepRoom is the largest room for calls that is kept for the next one.
const keepRoom = 1 << 20

var (
	// room is where calls are written; reserved is how much of it may hold one.
	room     []byte
	reserved int
	result   []byte
)

//go:wasmexport certloupe_reserve
func reserve(size int32) unsafe.Pointer {
	release()
	if size <= 0 || size > maxCall {
		return nil
	}
	if int(size) > len(room) {
		room = nil // So that there need not be room for both.
		room = make([]byte, max(int(size), keepRoom))
	}
	reserved = int(size)
	return unsafe.Pointer(&room[0])
}

//go:wasmexport certloupe_call
func call(size int32) int32 {
	frame := room[:max(0, min(int(size), reserved))]
	out, ok := bridge.Do(frame)
	release()
	result = out
	if !ok {
		return int32(-len(result))
	}
	return int32(len(result))
}

//go:wasmexport certloupe_result
func address() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(result)) }

//go:wasmexport certloupe_release
func release() {
	clear(result)
	result = nil
	clear(room[:reserved])
	reserved = 0
	if len(room) > keepRoom {
		room = nil
	}
}

// gcPercent lets garbage grow to 16 MiB and four times what is in use before the
// collector runs, which makes reports a sixth faster.
const gcPercent = 400

// main stays, because what is exported can be called only while it does.
func main() {
	debug.SetGCPercent(gcPercent)
	select {}
}
