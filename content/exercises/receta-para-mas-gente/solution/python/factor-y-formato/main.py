arroz = float(input())
leche = float(input())
azucar = float(input())
factor = int(input()) / 4
print(f"arroz: {arroz * factor:.1f}")
print(f"leche: {leche * factor:.1f}")
print(f"azúcar: {azucar * factor:.1f}")
