package two

const want = 2
