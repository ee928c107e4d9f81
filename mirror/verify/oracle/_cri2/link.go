package main

import (
	"context"
	"errors"
	"reflect"
	"unsafe"
)

// The two functions that the plugin calls when it starts are in an internal
// package. They are called by name, on the plugin's own configuration.

//go:linkname validateImageConfig github.com/containerd/containerd/v2/internal/cri/config.ValidateImageConfig
func validateImageConfig(ctx context.Context, config unsafe.Pointer) (warnings []string, err error)

// initialise does what the plugin's InitFn does to its configuration
// (plugins/cri/images/plugin.go): the default, the validation, the choice
// between the transfer service and a pull of its own.
func initialise(ctx context.Context, config any) error {
	value := reflect.ValueOf(config)
	if value.Kind() != reflect.Pointer || value.Elem().Kind() != reflect.Struct {
		return errors.New("the plugin's configuration is not a struct")
	}
	registry := value.Elem().FieldByName("Registry")
	path := registry.FieldByName("ConfigPath")
	if defaultConfigPath != "" && path.String() == "" && registry.FieldByName("Mirrors").Len() == 0 {
		path.SetString(defaultConfigPath)
	}
	if _, err := validateImageConfig(ctx, value.UnsafePointer()); err != nil {
		return err
	}
	choosePull(ctx, value.UnsafePointer())
	return nil
}
