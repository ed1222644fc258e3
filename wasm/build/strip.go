package main

import (
	"fmt"
	"os"
	"strings"
)

func stripFile(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if b, err = strip(b); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o666)
}

// strip returns a module without what only stack traces need.
func strip(b []byte) ([]byte, error) {
	m, err := readModule(b)
	if err != nil {
		return nil, err
	}
	if version := m.compiler(); version != goVersion && !strings.HasPrefix(version, goVersion+".") {
		return nil, fmt.Errorf("tables of functions are known as %s makes them, and this is %q; use -strip=false", goVersion, version)
	}
	data, err := m.section(sectionData)
	if err != nil {
		return nil, err
	}
	memory, err := readImage(data.body)
	if err != nil {
		return nil, err
	}
	t, err := findPclntab(memory)
	if err != nil {
		return nil, err
	}
	list, err := t.strip()
	if err != nil {
		return nil, err
	}
	start, err := t.pack(list)
	if err != nil {
		return nil, err
	}
	data.body = memory.section()
	code, err := m.section(sectionCode)
	if err != nil {
		return nil, err
	}
	if code.body, err = rewriteCode(code.body); err != nil {
		return nil, err
	}
	if err := m.addStart(start); err != nil {
		return nil, err
	}
	return m.append(nil), nil
}
