dato = input()
