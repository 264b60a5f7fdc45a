arroz = float(input())
leche = float(input())
azucar = float(input())
veces = int(input()) // 4
print("arroz:", round(arroz * veces, 1))
print("leche:", round(leche * veces, 1))
print("azúcar:", round(azucar * veces, 1))
