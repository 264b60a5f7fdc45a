altura = float(input())
