package upstream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// Serve answers questions from in, one JSON document after another, until in
// ends. Each answer list goes to out as one JSON document.
func Serve(in io.Reader, out io.Writer, parser Parser) error {
	decoder := json.NewDecoder(in)
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	for {
		var q Question
		if err := decoder.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := encoder.Encode(parser.Explain(q)); err != nil {
			return err
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
}

// Process is a Parser that runs as a program of its own, because it is linked
// with another version of the engine than this one is.
type Process struct {
	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	enc    *json.Encoder
	dec    *json.Decoder
	stderr bytes.Buffer
}

// Start runs the program at path.
func Start(path string) (*Process, error) {
	cmd := exec.Command(path)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, in: in, enc: json.NewEncoder(in), dec: json.NewDecoder(bufio.NewReader(out))}
	cmd.Stderr = &p.stderr
	return p, cmd.Start()
}

// Explain asks the program. If it died, every answer is an error.
func (p *Process) Explain(q Question) []Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enc.Encode(q); err != nil {
		return Fail(q, fmt.Errorf("%s: %w", p.cmd.Path, err))
	}
	var answers []Answer
	if err := p.dec.Decode(&answers); err != nil {
		return Fail(q, fmt.Errorf("%s: %w", p.cmd.Path, err))
	}
	return answers
}

// Close ends the program.
func (p *Process) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := errors.Join(p.in.Close(), p.cmd.Wait()); err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(p.stderr.Bytes()))
	}
	return nil
}
