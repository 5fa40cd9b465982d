package dep

const registers = 16
