target triple = "x86_64-w64-windows-gnu"
define i32 @gowoa_add(i32 %a, i32 %b) {
  %sum = add i32 %a, %b
  ret i32 %sum
}
