def forma(codigo):
    if len(codigo) != 12:
        return False
    for i in range(12):
        c = codigo[i]
        if i == 2 or i == 7:
            return c == "-"
        elif i < 2 or i == 11:
            return "A" <= c <= "Z"
        else:
            return "0" <= c <= "9"


def letra_correcta(codigo):
    suma = 0
    for c in codigo[3:7] + codigo[8:11]:
        suma = suma + int(c)
    return codigo[11] == "ABCDEFGHJK"[suma % 10]


def anio_correcto(codigo):
    return 2015 <= int(codigo[3:7]) <= 2026


def valido(codigo):
    return forma(codigo) and letra_correcta(codigo) and anio_correcto(codigo)
