manana = input()
tarde = input()
noche = input()
suma = int(manana) + int(tarde) + int(noche)
promedio = suma // 3
print("suma:", suma)
print("promedio:", promedio)
if promedio < 20:
    print("estado: cambiar")
else:
    print("estado: bien")
