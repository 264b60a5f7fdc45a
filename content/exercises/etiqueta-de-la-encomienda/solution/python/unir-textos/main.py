nombre = input()
apellido = input()
sucursal = input()
numero = input()
ceros = "0" * (3 - len(numero))
etiqueta = nombre[0] + apellido[0] + "-" + ceros + numero + "-" + sucursal
print(etiqueta.upper())
