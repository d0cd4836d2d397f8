"""Credit-service agencies: register and supervision. Item 15 of 闽信用〔2019〕7号. Nothing is here yet."""
