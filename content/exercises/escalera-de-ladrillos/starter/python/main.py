escalones = int(input())
