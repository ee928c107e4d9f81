package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// daemon is a program that keeps running in a node. The zero value does not run.
type daemon struct {
	command *exec.Cmd
	ended   chan struct{} // closed when it has ended
}

// start runs the program and waits until ready returns nil.
func (d *daemon) start(ctx context.Context, n *Node, ready func(context.Context) error, arguments ...string) error {
	if d.command != nil {
		return nil
	}
	log, err := os.OpenFile(n.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	command, err := n.root.Command(context.Background(), nil, append(arguments, n.Flags...)...)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return err
	}
	d.command, d.ended = command, make(chan struct{})
	go func() {
		_ = command.Wait()
		close(d.ended)
	}()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-d.ended:
			d.command = nil
			return fmt.Errorf("%s ended: %v\n%s", arguments[0], command.ProcessState, lastLines(n.Log(), 20))
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not answer: %w\n%s", arguments[0], err, lastLines(n.Log(), 20)), d.stop())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop asks the program to end, and kills it and its process group when it does not within ten seconds.
func (d *daemon) stop() error {
	if d.command == nil {
		return nil
	}
	pid := d.command.Process.Pid
	d.command = nil
	_ = syscall.Kill(pid, syscall.SIGTERM)
	select {
	case <-d.ended:
		return nil
	case <-time.After(10 * time.Second):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-d.ended
	return errors.New("had to be killed")
}

func (d *daemon) signal(signal syscall.Signal) error {
	if d.command == nil {
		return errors.New("not running")
	}
	return d.command.Process.Signal(signal)
}

func readLog(n *Node) string {
	data, err := os.ReadFile(n.logFile())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	return string(data)
}
