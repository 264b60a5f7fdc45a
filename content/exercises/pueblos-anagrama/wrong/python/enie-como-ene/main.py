import unicodedata


def clave(pueblo):
    letras = []
    for signo in unicodedata.normalize("NFD", pueblo.lower()):
        if signo.isalpha():
            letras.append(signo)
    letras.sort()
    return "".join(letras)


def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        grupos.setdefault(clave(pueblo), []).append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
