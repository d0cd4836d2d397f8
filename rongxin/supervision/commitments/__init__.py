"""Credit commitments (信用承诺) and whether they were kept. Item 1 of 闽信用〔2019〕7号. Nothing is here yet."""
