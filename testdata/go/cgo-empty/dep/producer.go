package dep

// static int producer(void) { return 1; }
import "C"

// NewProducer returns a producer.
func NewProducer() int { return int(C.producer()) }
