//go:build unix

package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests in this file run the program as a process of its own: they kill it,
// and they do what engines do that send rows through a program.

// asProgram makes the test binary the program itself.
const asProgram = "CERTLOUPE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// bulkPEM is n certificates that differ in a byte of their serial number.
func bulkPEM(t *testing.T, n int) []byte {
	t.Helper()
	der := issue(t, serverTemplate(), serverKey)
	var b bytes.Buffer
	for i := range n {
		der[15] = byte(i)
		b.Write(pemText("CERTIFICATE", der))
	}
	return b.Bytes()
}

// TestScanKilled kills the program at random points, again and again, and lets it
// go on each time. The output is that of a run that nobody disturbed.
func TestScanKilled(t *testing.T) {
	t.Chdir(t.TempDir())
	bulk := bulkPEM(t, 9_000)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	archive := tar.NewWriter(z)
	for i := range 3 {
		part := bulk[:len(bulk)/3]
		archive.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Size: int64(len(part)), Mode: 0o600})
		archive.Write(part)
	}
	archive.Close()
	z.Close()
	write(t, "bulk.pem", bulk)
	write(t, "bulk.tar.gz", packed.Bytes())
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		write(t, filepath.Join("folder", fmt.Sprint(i)), bulk[:2000+i])
	}
	inputs := []string{"--at", "2026-06-01", "--workers", "1", "bulk.pem", "folder", "missing", "bulk.tar.gz", "bulk.pem"}
	started := time.Now()
	whole, _ := program(t, append([]string{"scan", "-o", "whole"}, inputs...)...).CombinedOutput()
	took := time.Since(started)
	want := read(t, "whole")
	if strings.Count(want, "\n") < 27_000 {
		t.Fatalf("the whole run has %d rows\n%s", strings.Count(want, "\n"), whole)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 3 {
		os.Remove("out")
		os.Remove("state")
		kills, resumed := 0, 0
		for attempt := 0; ; attempt++ {
			if attempt > 200 {
				t.Fatal("the run makes no headway")
			}
			if state, err := os.ReadFile("state"); err == nil {
				var c struct{ Records, Length int64 }
				if err := json.Unmarshal(state, &c); err != nil {
					t.Fatalf("the checkpoint is torn: %q", state)
				}
				if c.Records > 0 {
					resumed++
				}
			}
			cmd := program(t, append([]string{"scan", "--resume", "state", "--checkpoint-every", "5ms", "-o", "out"}, inputs...)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// Late enough to get somewhere, early enough to be killed some times.
			delay := time.Duration(random.Int64N(int64(took)))
			timer := time.AfterFunc(delay, func() { cmd.Process.Kill() })
			cmd.Wait()
			timer.Stop()
			if cmd.ProcessState.Exited() {
				if code := cmd.ProcessState.ExitCode(); code != exitFailed { // An input is missing.
					t.Fatalf("exit code %d", code)
				}
				break
			}
			kills++
		}
		if got := read(t, "out"); got != want {
			t.Fatalf("round %d: the output differs after %d kills: %d and %d bytes", round, kills, len(got), len(want))
		}
		t.Logf("round %d: killed %d times, went on %d times", round, kills, resumed)
		if round == 0 && kills == 0 {
			t.Error("the program was never killed")
		}
	}
}

// stage is the program as a stage of a pipe.
type stage struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newStage(t *testing.T, args ...string) *stage {
	t.Helper()
	s := &stage{t: t, cmd: program(t, append([]string{"scan", "--row"}, args...)...)}
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = os.Stderr
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A stage that does not answer would keep the test forever.
	timer := time.AfterFunc(time.Minute, func() { s.cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		s.cmd.Process.Kill()
	})
	return s
}

func (s *stage) send(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, text); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) receive() string {
	s.t.Helper()
	line, err := s.out.ReadString('\n')
	if err != nil {
		s.t.Fatalf("%q, %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

// end closes the input and expects nothing more, and the exit code 0.
func (s *stage) end() {
	s.t.Helper()
	s.in.Close()
	if rest, err := io.ReadAll(s.out); err != nil || len(rest) > 0 {
		s.t.Errorf("after the end comes %q, %v", rest, err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Error(err)
	}
}

func serverBase64(t *testing.T) string {
	return base64.StdEncoding.EncodeToString(issue(t, serverTemplate(), serverKey))
}

// TestSparkPipe does what rdd.pipe does: a thread writes the lines of a partition,
// another reads, and the program must exit with 0.
func TestSparkPipe(t *testing.T) {
	const count = 20_000
	s := newStage(t, "--fields", "line,kind", "-")
	line := serverBase64(t)
	go func() {
		w := bufio.NewWriter(s.in)
		for i := range count {
			if i%3 == 1 {
				w.WriteString("\n")
			} else {
				w.WriteString(line + "\n")
			}
		}
		w.Flush()
		s.in.Close()
	}()
	for i := range count {
		want := fmt.Sprintf(`{"line":%d,"kind":"certificate"}`, i+1)
		if i%3 == 1 {
			want = fmt.Sprintf(`{"line":%d,"kind":"unknown"}`, i+1)
		}
		if got := s.receive(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	s.end()
}

// TestBeamBundles does what a DoFn does that starts the program for each bundle.
func TestBeamBundles(t *testing.T) {
	record := `{"id":7,"cert":"` + serverBase64(t) + `"}`
	for _, bundle := range [][]string{{record}, {}, {record, "", "{}", record}, {record + "x"}} {
		cmd := program(t, "scan", "--row", "--fields", "line,kind", "-")
		cmd.Stdin = strings.NewReader(strings.Join(bundle, "\n"))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(out), "\n"); n != len(bundle) {
			t.Errorf("%d lines for %d:\n%s", n, len(bundle), out)
		}
	}
}

// TestClickHouseTabs does what an executable pool does with TabSeparated: it sends
// a block of rows, waits for as many, and keeps the process for the next block.
func TestClickHouseTabs(t *testing.T) {
	pemColumn := strings.ReplaceAll(string(pemText("CERTIFICATE", issue(t, serverTemplate(), serverKey))), "\n", `\n`)
	s := newStage(t, "--format", "tsv", "--as", "tsv", "--fields", "not_after", "-")
	want := serverTemplate().NotAfter.UTC().Format(time.RFC3339)
	for _, rows := range []int{1, 7, 1000, 1} {
		go s.in.Write([]byte(strings.Repeat(pemColumn+"\n\n", rows)))
		for range rows {
			if got := s.receive(); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
			if got := s.receive(); got != `\N` {
				t.Fatalf("%q for an empty row", got)
			}
		}
	}
	s.end()
}

// TestClickHouseJSON does the same with JSONEachRow, where each row comes back as
// the member "result", and with rows that arrive in pieces.
func TestClickHouseJSON(t *testing.T) {
	s := newStage(t, "--field", "cert", "--wrap", "result", "--fields", "common_name,days_left", "--at", "2026-06-01T12:00:00Z", "-")
	row := `{"cert":"` + serverBase64(t) + `"}` + "\n"
	for range 5 {
		s.send(row[:100])
		time.Sleep(time.Millisecond)
		s.send(row[100:] + row)
		for range 2 {
			var answer struct {
				Result struct {
					Name string `json:"common_name"`
					Days *int   `json:"days_left"`
				}
			}
			if err := json.Unmarshal([]byte(s.receive()), &answer); err != nil || answer.Result.Name != "www.example.com" || answer.Result.Days == nil {
				t.Fatalf("%+v, %v", answer, err)
			}
		}
	}
	s.end()
}

// TestReaderGoesAway shows that the program ends when nobody reads it any more.
func TestReaderGoesAway(t *testing.T) {
	cmd := program(t, "scan", "--row", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := serverBase64(t) + "\n"
	go func() {
		for {
			if _, err := io.WriteString(in, line); err != nil {
				return
			}
		}
	}()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	out.Close()
	timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Exited() && status.ExitStatus() != 0 || status.Signaled() && status.Signal() != syscall.SIGPIPE || stderr.Len() > 0 {
		t.Errorf("%v, %q", cmd.ProcessState, stderr.String())
	}
}
