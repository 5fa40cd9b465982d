// This file is empty on purpose: with it the compiler accepts functions without a body.
