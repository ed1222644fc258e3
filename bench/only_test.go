package main
import ("testing";"os";"time")
func TestOnlyPaths(t *testing.T){ m:=made(); b:=&bench{out:os.Stdout,plan:plan{rounds:41,slot:8*time.Millisecond}}; if err:=b.measurePaths(m.certs);err!=nil{t.Fatal(err)}; b.printTargets() }
