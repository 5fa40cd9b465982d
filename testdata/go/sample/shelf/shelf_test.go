package shelf_test

import (
	"errors"
	"testing"

	"example.com/sample/shelf"
)

func TestAdd(t *testing.T) {
	s := shelf.New(1)
	if err := s.Add("dune"); err != nil {
		t.Fatal(err)
	}
	if err := s.Add("emma"); !errors.Is(err, shelf.ErrFull) {
		t.Fatalf("Add = %v, want ErrFull", err)
	}
}
