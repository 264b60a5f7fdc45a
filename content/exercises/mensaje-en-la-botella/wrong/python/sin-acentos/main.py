def descifrar(mensaje):
    resultado = ""
    palabra = ""
    for signo in mensaje:
        if "a" <= signo.lower() <= "z":
            palabra = signo + palabra
        else:
            resultado += palabra + signo
            palabra = ""
    return resultado + palabra
