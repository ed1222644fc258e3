// Command runtime does what a program needs the runtime's tables of functions for,
// and prints what came of it: walking, growing and moving stacks, collecting garbage
// while pointers are on them, recovering from panics of every kind. Stripping a
// module must not change a line.
package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

type value struct{ n int }

func (v value) number() int { return v.n }

type numberer interface{ number() int }

// through is a variable of the package, so that the compiler does not know what is in it.
var through numberer = (*value)(nil)

type node struct {
	left, right *node
	text        string
}

// tree keeps pointers in every frame, so a collection has to find them there.
func tree(depth int) *node {
	n := &node{text: strings.Repeat("x", depth)}
	if depth > 0 {
		n.left = tree(depth - 1)
		n.right = tree(depth - 1)
	}
	return n
}

func (n *node) size() int {
	if n == nil {
		return 0
	}
	return len(n.text) + n.left.size() + n.right.size()
}

// deep makes the stack grow, with pointers into it, which have to be moved.
func deep(depth int, up *int) int {
	local := depth
	if depth == 0 {
		runtime.GC()
		return *up
	}
	return deep(depth-1, &local) + *up
}

func recovered(f func()) (result string) {
	defer func() {
		r := recover()
		var fault runtime.Error
		if err, ok := r.(error); ok && errors.As(err, &fault) {
			// What it says may have names of functions in it, which stripping takes out.
			result = fmt.Sprintf("%T", fault)
			return
		}
		result = fmt.Sprint(r)
	}()
	f()
	return "no panic"
}

// unwound panics deep in the stack, with deferred functions on the way that count.
func unwound(depth int, count *int) {
	defer func() { *count++ }()
	if depth == 0 {
		panic("bottom")
	}
	for i := range 3 {
		defer func() { *count += i }()
	}
	unwound(depth-1, count)
}

type closer interface{ close() }

type file struct{}

// close recovers, by way of a wrapper if it is called through the interface.
func (file) close() { recover() }

func main() {
	at := 7
	fmt.Println("deep", deep(20_000, &at))

	var list []int
	var nothing *value
	var of map[string]int
	var some any = "text"
	zero := len(list)
	for _, fault := range []func(){
		func() { list[zero] = 1 },
		func() { _ = list[1:zero] },
		func() { _ = nothing.n },
		func() { through.number() },
		func() { of["a"] = 1 },
		func() { fmt.Println(some.(int)) },
		func() { fmt.Println(1 / zero) },
		func() { panic("mine") },
		func() { _ = make([]int, zero-1) },
		func() { defer func() { panic("again") }(); panic("first") },
		func() { var c closer = &file{}; defer c.close(); panic("closed") },
	} {
		fmt.Println("recovered", recovered(fault))
	}
	count := 0
	fmt.Println(recovered(func() { unwound(2000, &count) }), count)

	var group sync.WaitGroup
	sums := make([]int, 8)
	for i := range sums {
		group.Go(func() {
			for range 20 {
				sums[i] += tree(10).size()
				runtime.Gosched()
			}
		})
	}
	group.Wait()
	fmt.Println("trees", sums)

	// The frames of such functions are known to the collector by their names only.
	double := reflect.MakeFunc(reflect.TypeFor[func(*node) int](), func(in []reflect.Value) []reflect.Value {
		runtime.GC()
		return []reflect.Value{reflect.ValueOf(2 * in[0].Interface().(*node).size())}
	}).Interface().(func(*node) int)
	size := reflect.ValueOf(tree(4)).MethodByName("Total").Interface().(func(*node) int)
	fmt.Println("reflected", double(tree(5)), size(tree(3)))

	done := make(chan bool)
	func() {
		n := tree(3)
		runtime.SetFinalizer(n, func(*node) { close(done) })
	}()
	for waiting := true; waiting; {
		runtime.GC()
		select {
		case <-done:
			waiting = false
		default:
			runtime.Gosched()
		}
	}
	fmt.Println("finalized", runtime.NumGoroutine())
}

// Total is called by reflection, while a collection runs.
func (n *node) Total(other *node) int {
	runtime.GC()
	return n.size() + other.size()
}
