"""Lists that a clause allows: entry, notice, exit. Item 8 of 闽信用〔2019〕7号. Nothing is here yet."""
