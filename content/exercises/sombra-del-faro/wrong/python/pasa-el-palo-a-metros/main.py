palo = float(input()) / 100
sombra_palo = float(input())
sombra_faro = float(input())
diametro = float(input())
print("altura:", palo / sombra_palo * (sombra_faro + diametro / 2))
