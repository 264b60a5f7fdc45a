palo = float(input())
sombra_palo = float(input())
sombra_faro = float(input())
radio = float(input()) / 2
proporcion = palo / sombra_palo
altura = proporcion * (sombra_faro + radio)
print("altura:", altura)
