altura = float(input())
parte = int(input()) / 100
rebotes = 0
subidas = 0
siguiente = altura * parte
while siguiente >= 1:
    rebotes += 1
    subidas += siguiente
    siguiente *= parte
print("rebotes:", rebotes)
print("recorrido:", altura + subidas + subidas)
