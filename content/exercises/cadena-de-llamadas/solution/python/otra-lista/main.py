def cadena(llamadas):
    agenda = {}
    for llamada in llamadas:
        for persona in llamada:
            agenda[persona] = []
    for llama, recibe in llamadas:
        otras = agenda[llama]
        if llama != recibe and recibe not in otras:
            agenda[llama] = otras + [recibe]
    return agenda


def sin_llamada(llamadas):
    faltan = []
    for llama, recibe in llamadas:
        for persona in (llama, recibe):
            avisos = [a for a, b in llamadas if b == persona and a != persona]
            if avisos == [] and persona not in faltan:
                faltan.append(persona)
    faltan.sort()
    return faltan
