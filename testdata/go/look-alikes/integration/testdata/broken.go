package broken

this is not Go, and nobody looks
