"""Double-random inspections: items, frames, officers, draws, results. Item 6 of 闽信用〔2019〕7号. Nothing is here yet."""
