package hermetic

import (
	"errors"
	"os"
	"sync"
)

// process guards what is global to it.
var process sync.Mutex

// Environment sets variables, or unsets those that are nil, until restore is
// called. Only one caller at a time gets through; the others wait.
func Environment(variables map[string]*string) (restore func(), err error) {
	process.Lock()
	before := map[string]*string{}
	restore = func() {
		_ = apply(before)
		process.Unlock()
	}
	for name := range variables {
		before[name] = nil
		if old, set := os.LookupEnv(name); set {
			before[name] = &old
		}
	}
	if err := apply(variables); err != nil {
		restore()
		return nil, err
	}
	return restore, nil
}

func apply(variables map[string]*string) error {
	var errs []error
	for name, value := range variables {
		if value == nil {
			errs = append(errs, os.Unsetenv(name))
		} else {
			errs = append(errs, os.Setenv(name, *value))
		}
	}
	return errors.Join(errs...)
}
