LETRAS = "ABCDEFGHJK"


def silueta(codigo):
    dibujo = ""
    for c in codigo:
        if "0" <= c <= "9":
            dibujo = dibujo + "9"
        elif "A" <= c <= "Z":
            dibujo = dibujo + "A"
        else:
            dibujo = dibujo + c
    return dibujo


def forma(codigo):
    return silueta(codigo) == "AA-9999-999A"


def letra_correcta(codigo):
    suma = 0
    for c in codigo:
        if "0" <= c <= "9":
            suma = suma + int(c)
    return LETRAS[suma % 10] == codigo[-1]


def anio_correcto(codigo):
    anio = int(codigo.split("-")[1])
    return anio >= 2015 and anio <= 2026


def valido(codigo):
    if not forma(codigo):
        return False
    return letra_correcta(codigo) and anio_correcto(codigo)
