#!/bin/sh
# Question 1 of NUS Refactory: see nus.py. Each question has a program of its own, so that both have time.
exec "$(dirname "$0")/nus.py" --question 1
