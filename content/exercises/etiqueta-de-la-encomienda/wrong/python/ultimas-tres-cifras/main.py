nombre = input()
apellido = input()
sucursal = input()
numero = ("000" + input())[-3:]
iniciales = (nombre[0] + apellido[0]).upper()
print(iniciales + "-" + numero + "-" + sucursal.upper())
