def forma(codigo):
    if len(codigo) != 12 or codigo[2] != "-" or codigo[7] != "-":
        return False
    letras = codigo[:2] + codigo[11]
    cifras = codigo[3:7] + codigo[8:11]
    return letras.isalpha() and letras.isupper() and cifras.isdigit()


def letra_correcta(codigo):
    suma = 0
    for c in codigo[3:7] + codigo[8:11]:
        suma = suma + int(c)
    return codigo[11] == "ABCDEFGHJK"[suma % 10]


def anio_correcto(codigo):
    return 2015 <= int(codigo[3:7]) <= 2026


def valido(codigo):
    return forma(codigo) and letra_correcta(codigo) and anio_correcto(codigo)
