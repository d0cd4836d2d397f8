"""Lawful incentives, limits and bans, each resting on a clause. Items 8–9 of 闽信用〔2019〕7号. Nothing is here yet."""
