palo = float(input())
sombra_palo = float(input())
sombra_faro = float(input())
diametro = float(input())
distancia = sombra_faro + diametro / 2
print("altura:", distancia * palo / sombra_palo)
