nombre = input()
