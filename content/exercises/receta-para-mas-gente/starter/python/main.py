arroz = input()
