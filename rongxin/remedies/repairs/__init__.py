"""Credit repair (信用修复): display ends, everywhere, with proof. Item 11 of 闽信用〔2019〕7号. Nothing is here yet."""
