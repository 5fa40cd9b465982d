package inside

const want = 2
